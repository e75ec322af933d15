// Shifts the clock of the programs that a test or a whole run starts (shift-clock.c), PostgreSQL among them. Needs Linux, a C
// compiler, and a folder that these programs' users can read. Does not change this process's time, or timers.
import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface ShiftedClock {
  readonly environment: Readonly<Record<string, string>>
  /** Shifts the clock relative to this process's clock, at once and for all programs; it then runs at normal speed. */
  shift: (seconds: number) => void
}

const compiler = 'gcc'
const libraryName = 'shift-clock.so'

/** Returns true if this process's own clock is shifted, in a run `--at` another time. */
export function isClockShifted(): boolean {
  return process.env['LD_PRELOAD']?.includes(libraryName) ?? false
}

/** Returns the reason why `shiftClock` cannot work here; undefined if it can. */
export function missingShiftedClock(): string | undefined {
  if (process.platform !== 'linux') return 'the clock is shifted by LD_PRELOAD, which only Linux has'
  if (isClockShifted()) return 'the clock of this process is shifted already'
  if (spawnSync(compiler, ['--version']).status === 0) return undefined
  return `the library that shifts the clock is built with ${compiler}, which is not installed`
}

/** Builds the library that shifts the clock, and returns how to use it. Throws the reason if that is not possible. */
export function shiftClock(folder: string): ShiftedClock {
  const reason = missingShiftedClock()
  if (reason !== undefined) throw new Error(reason)
  const shift = join(folder, 'clock-shift')
  const library = join(folder, libraryName)
  writeFileSync(shift, eightBytes(0))
  const source = join(import.meta.dirname, 'shift-clock.c')
  const options = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', `-DSHIFT_FILE="${shift}"`]
  const { status, stderr } = spawnSync(compiler, [...options, '-o', library, source])
  if (status !== 0) throw new Error(`${compiler}: ${stderr.toString()}`)
  // Lets the database, which runs as another user, read both files.
  chmodSync(shift, 0o644)
  chmodSync(library, 0o755)
  return {
    environment: { LD_PRELOAD: library },
    shift(seconds) {
      // Writes into the existing file, because programs have mapped it.
      const file = openSync(shift, 'r+')
      writeSync(file, eightBytes(seconds), 0, 8, 0)
      closeSync(file)
    },
  }
}

function eightBytes(seconds: number): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(Math.round(seconds))).buffer)
}
