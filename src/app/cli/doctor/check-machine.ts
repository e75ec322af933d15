import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { promisify } from 'node:util'
import { error, ok, unknown, warning, type Finding } from './finding.ts'

const wantedBufferBytes = 4 * 1024 * 1024
const fewOpenFiles = 4_096
const tooFewOpenFiles = 1_024
const gigabyte = 1e9

/** Checks the machine: memory, open files, kernel buffers, time zones, clock. */
export async function checkMachine(proc = '/proc'): Promise<Finding[]> {
  return [
    checkMemory(Math.min(totalmem(), process.constrainedMemory() || Infinity)),
    checkOpenFiles(await readFile(`${proc}/self/limits`, 'utf8').catch(() => '')),
    checkBuffers(await readFile(`${proc}/sys/net/core/rmem_max`, 'utf8').catch(() => '')),
    checkTimeZone(),
    await checkClock(),
  ]
}

export function checkMemory(bytes: number): Finding {
  const says = `${(bytes / gigabyte).toFixed(1)} GB of memory`
  const remedy = 'give the machine or the container at least 4 GB, for the embedded database and a hundred calls'
  if (bytes < gigabyte) return error('memory', says, remedy)
  return bytes < 2 * gigabyte ? warning('memory', says, remedy) : ok('memory', says)
}

/** @param limits text of /proc/self/limits */
export function checkOpenFiles(limits: string): Finding {
  // Node raises the soft limit to the hard one.
  const limit = /^Max open files\s+\d+\s+(\d+|unlimited)/m.exec(limits)?.[1]
  if (limit === undefined) return unknown('open-files', 'the limit of open files is unknown on this system')
  const says = `${limit} files may be open at once; a call of two streams takes six`
  const remedy = 'raise the limit: LimitNOFILE=65536 in the unit, or "ulimit -n 65536" before the start'
  if (limit !== 'unlimited' && Number(limit) < tooFewOpenFiles) return error('open-files', says, remedy)
  if (limit !== 'unlimited' && Number(limit) < fewOpenFiles) return warning('open-files', says, remedy)
  return ok('open-files', says)
}

/** @param text of /proc/sys/net/core/rmem_max */
export function checkBuffers(text: string): Finding {
  const bytes = Number(text.trim())
  if (text.trim() === '') return unknown('kernel-buffers', 'net.core.rmem_max is unknown on this system')
  const says = `net.core.rmem_max is ${bytes} bytes; SIP needs ${wantedBufferBytes}, each media stream 1048576`
  if (bytes >= wantedBufferBytes) return ok('kernel-buffers', says)
  const remedy = `sysctl -w net.core.rmem_max=${wantedBufferBytes}, and the same in /etc/sysctl.d: without it packets of bursts are lost`
  return warning('kernel-buffers', says, remedy)
}

/** Terms are in calendar months of Helsinki: without time zone data they would be wrong. */
function checkTimeZone(): Finding {
  const offsets = ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z'].map(
    (at) => Temporal.Instant.from(at).toZonedDateTimeISO('Europe/Helsinki').offset,
  )
  if (offsets.join() === '+02:00,+03:00') return ok('time-zone', 'the time zone data for Europe/Helsinki are correct')
  return error(
    'time-zone',
    `Europe/Helsinki is ${offsets.join(' and ')}, not +02:00 and +03:00`,
    'use the Node installed by "npm ci"',
  )
}

async function checkClock(): Promise<Finding> {
  const run = promisify(execFile)
  const result = await run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], { timeout: 3_000 }).catch(
    () => undefined,
  )
  return judgeClock(result?.stdout.trim())
}

/** @param synchronised by timedatectl: `yes` or `no`; undefined if it does not answer */
export function judgeClock(synchronised: string | undefined): Finding {
  if (synchronised === 'yes') return ok('clock', 'the clock is synchronised by NTP')
  if (synchronised === 'no') {
    return warning(
      'clock',
      'the clock is not synchronised by NTP; terms and the times of calls depend on it',
      'start chrony or systemd-timesyncd; see "timedatectl"',
    )
  }
  return unknown('clock', 'NTP synchronisation cannot be determined here; a container uses the clock of its host')
}
