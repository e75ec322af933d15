import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Disk that is held for calls that go on, and let go when the volume fills, whoever filled it. */
export interface DiskReserve {
  /** Lets the reserve go where little is left, and takes it again where there is plenty. */
  look(disk: { freeBytes: number; sizeBytes: number }): Promise<void>
  /** Lets it go at once: a write was refused. */
  release(): Promise<void>
  readonly bytes: number
}

const mib = 1024 * 1024
const most = 64 * mib
const zeros = Buffer.alloc(mib)

/** @param folder where calls going on are written @param onChange with the bytes held now */
export async function openDiskReserve(folder: string, onChange: (bytes: number) => void): Promise<DiskReserve> {
  const path = join(folder, 'reserve')
  let bytes = await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
  let turn = Promise.resolve()

  /** Written out, not only named: a file with holes holds no disk. */
  async function take(size: number): Promise<void> {
    const file = await open(path, 'w', 0o600)
    try {
      for (let at = 0; at < size; at += zeros.length) await file.write(zeros, 0, Math.min(zeros.length, size - at), at)
    } finally {
      await file.close()
    }
    bytes = size
    onChange(bytes)
  }

  async function release(): Promise<void> {
    if (bytes === 0) return
    await rm(path, { force: true })
    bytes = 0
    onChange(bytes)
  }

  function inTurn(run: () => Promise<void>): Promise<void> {
    turn = turn.catch(() => undefined).then(run)
    return turn
  }

  return {
    look: ({ freeBytes, sizeBytes }) =>
      inTurn(async () => {
        const size = Math.min(most, Math.floor(sizeBytes / 20))
        if (bytes > 0 && freeBytes < size / 4) await release()
        else if (bytes < size && freeBytes > 4 * size) await take(size)
      }),
    release: () => inTurn(release),
    get bytes() {
      return bytes
    },
  }
}
