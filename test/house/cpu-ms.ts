/** CPU time of this process so far, in milliseconds: what hostile input costs, whatever else the machine is doing. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
