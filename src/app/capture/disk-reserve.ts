import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Disk space reserved for live calls, released when the volume fills up for any reason. */
export interface DiskReserve {
  /** Releases the reserve if less than a quarter of its size is free, and restores it if four times its size is free. */
  check(disk: { freeBytes: number; sizeBytes: number }): Promise<void>
  /** Releases the reserve at once, after a failed write. */
  release(): Promise<void>
  readonly bytes: number
}

const mib = 1024 * 1024
const max = 64 * mib
const zeros = Buffer.alloc(mib)

/**
 * @param folder folder of live calls
 * @param onChange called with the reserved bytes
 */
export async function openDiskReserve(folder: string, onChange: (bytes: number) => void): Promise<DiskReserve> {
  const path = join(folder, 'reserve')
  let bytes = await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
  let last = Promise.resolve()

  /** Writes the whole file: a sparse file would reserve nothing. */
  async function allocate(size: number): Promise<void> {
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

  function serially(run: () => Promise<void>): Promise<void> {
    last = last.catch(() => undefined).then(run)
    return last
  }

  return {
    check: ({ freeBytes, sizeBytes }) =>
      serially(async () => {
        const size = Math.min(max, Math.floor(sizeBytes / 20))
        if (bytes > 0 && freeBytes < size / 4) await release()
        else if (bytes < size && freeBytes > 4 * size) await allocate(size)
      }),
    release: () => serially(release),
    get bytes() {
      return bytes
    },
  }
}
