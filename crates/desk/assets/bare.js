// Pages without a session: what the last person typed doesn't stay behind.
for (const key of Object.keys(localStorage)) if (key.startsWith('desk.leave')) {
  for (const other of Object.keys(localStorage)) if (other.startsWith('desk.draft.') || other.startsWith('desk.leave')) localStorage.removeItem(other);
}
