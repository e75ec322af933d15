/**
 * Returns the CPU time of this process so far, in milliseconds: measures the cost of hostile input, regardless of the
 * machine's load.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
