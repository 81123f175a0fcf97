/** Waits until a condition holds. @throws Error with the last state on a timeout. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  timeoutMs: number,
  describe: () => unknown = () => '',
): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${holds} ${JSON.stringify(describe())}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
