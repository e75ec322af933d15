/** Reads one request of docs/formats/voice-process.md, version 1. */

/** Samples a second of a track. */
export const rate = 8000

/** @throws Error if it is no request to recognise, of version 1, at 8 kHz */
export function readRequest(input: Buffer): { samples: Int16Array; language: string } {
  const lineEnd = input.indexOf('\n')
  const request = JSON.parse(input.toString('utf8', 0, Math.max(0, lineEnd))) as Record<string, unknown>
  const { protocol, kind, rate: itsRate, language } = request
  if (protocol !== 1 || kind !== 'recognise' || itsRate !== rate || typeof language !== 'string')
    throw new Error('not a request to recognise, of version 1, at 8 kHz')
  const pcm = input.subarray(lineEnd + 1)
  if (pcm.length !== 2 * Number(request['samples'])) throw new Error('another number of samples than announced')
  return { samples: Int16Array.from({ length: pcm.length / 2 }, (_, at) => pcm.readInt16LE(2 * at)), language }
}
