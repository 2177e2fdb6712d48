/**
 * Milliseconds that the process has spent on a processor, for far upper bounds of work that a mistake makes endless. A
 * busy machine may add much to it.
 */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
