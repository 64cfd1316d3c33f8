/** What work costs, whatever else the machine does meanwhile. */

/** Milliseconds of processor time that this process spends while `work` runs. */
export async function processorTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
