/** The longest time in milliseconds for which nothing else ran; of the processor, so that a busy machine adds none. */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let [wall, cpu] = [performance.now(), process.cpuUsage()];
  const tick = (): void => {
    const { user, system } = process.cpuUsage(cpu);
    longest = Math.max(longest, Math.min(performance.now() - wall, (user + system) / 1000));
    [wall, cpu] = [performance.now(), process.cpuUsage()];
  };
  const timer = setInterval(tick, 1);
  try {
    await work();
    await new Promise((resolve) => setTimeout(resolve, 2));
  } finally {
    tick();
    clearInterval(timer);
  }
  return longest;
}
