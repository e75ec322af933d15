/** Measures work in wall-clock and CPU time: the latter is more reliable on a shared machine. */
import { readFileSync } from 'node:fs'

interface Cost {
  seconds: number
  cpuSeconds: number
}

const ticksPerSecond = 100

/** Returns the cost of work in this process and one backend of the database (Linux; elsewhere this process alone). */
export function measureCost(backend: number) {
  const backendSeconds = () => {
    try {
      const [user, system] =
        readFileSync(`/proc/${backend}/stat`, 'latin1').split(') ')[1]?.split(' ').slice(11, 13) ?? []
      return (Number(user) + Number(system)) / ticksPerSecond
    } catch {
      return 0
    }
  }
  return async (work: () => unknown): Promise<Cost> => {
    const [began, cpu, database] = [performance.now(), process.cpuUsage(), backendSeconds()]
    await work()
    const { user, system } = process.cpuUsage(cpu)
    return {
      seconds: (performance.now() - began) / 1000,
      cpuSeconds: (user + system) / 1e6 + backendSeconds() - database,
    }
  }
}

export function print(name: string, { seconds, cpuSeconds }: Cost, more = ''): void {
  console.log(`${name.padEnd(24)} ${seconds.toFixed(1)} s, of which CPU ${cpuSeconds.toFixed(1)} s  ${more}`)
}
