/**
 * Writes ZIP archives without times, paths, extra fields or compression, so that they reveal nothing about when and where they
 * were made.
 */
import { Readable } from 'node:stream'
import yazl from 'yazl'

export type ZipEntry = { name: string; bytes: Uint8Array } | { name: string; parts: AsyncIterable<Uint8Array> }

/** The earliest date of the format. */
const noTime = new Date(1980, 0, 1)
const options = { mtime: noTime, mode: 0o100644, compress: false, forceDosTimestamp: true } as const

/** @throws errors of the entries */
export async function* writeZip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const zip = new yazl.ZipFile()
  const output = asReadable(zip.outputStream)
  const filling = fill()
  // Errors surface below.
  filling.catch(() => undefined)
  for await (const part of output) yield part as Buffer
  await filling

  async function fill(): Promise<void> {
    try {
      for await (const entry of entries) await add(entry)
      zip.end()
    } catch (error) {
      output.destroy(error as Error)
      throw error
    }
  }

  /** Adds an entry; a streamed one is read completely before the next is added. */
  async function add(entry: ZipEntry): Promise<void> {
    if ('bytes' in entry) {
      zip.addBuffer(Buffer.from(entry.bytes), entry.name, options)
      return
    }
    const stream = Readable.from(entry.parts, { objectMode: false })
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject)
      stream.once('close', resolve)
      zip.addReadStream(stream, entry.name, options)
    })
  }
}

/** Returns the output as one of Node's streams, which it is, although yazl types it more generally. */
function asReadable(stream: unknown): Readable {
  if (stream instanceof Readable) return stream
  throw new TypeError('yazl’s output is not a stream of Node: check the version of yazl')
}
