// Asking the sandbox, and hearing from it.

export async function act(action, order) {
  const response = await fetch(`/sandbox/control/${action}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(order),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer;
}

export async function load(person) {
  const response = await fetch(`/sandbox/state?person=${encodeURIComponent(person || "")}`);
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

export function listen(heard, opened, lost) {
  const source = new EventSource("/sandbox/events");
  source.onopen = opened;
  source.onerror = lost;
  source.onmessage = (event) => heard(JSON.parse(event.data));
}
