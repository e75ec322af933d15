/** Writes Ogg pages (RFC 3533). A packet must fit on a page. */

const headerBytes = 27
/** A page has at most 255 segments of at most 255 bytes; a packet ends with a shorter one. */
const maxSegments = 255
const segmentBytes = 255

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? 0x04_c1_1d_b7 : 0)
  return remainder
})

/** A logical stream; pages are numbered from 0. */
export class OggStream {
  readonly #serial: number
  #page = 0

  /** @param serial 32 bits */
  constructor(serial: number) {
    this.#serial = serial
  }

  /**
   * Returns a page with these packets.
   * @param granule position in the stream at which the last packet ends, in the codec's units
   */
  page(packets: readonly Uint8Array[], granule: number, isLast = false): Buffer {
    const segments = packets.flatMap(({ length }) => [
      ...Array.from({ length: Math.floor(length / segmentBytes) }, () => segmentBytes),
      length % segmentBytes,
    ])
    if (segments.length > maxSegments) throw new RangeError(`A page of Ogg cannot hold ${segments.length} segments`)
    const header = Buffer.alloc(headerBytes)
    header.write('OggS')
    header[5] = (this.#page === 0 ? 2 : 0) | (isLast ? 4 : 0)
    header.writeBigUInt64LE(BigInt(granule), 6)
    header.writeUInt32LE(this.#serial, 14)
    header.writeUInt32LE(this.#page++, 18)
    header[26] = segments.length
    const page = Buffer.concat([header, Uint8Array.from(segments), ...packets])
    page.writeUInt32LE(pageChecksum(page), 22)
    return page
  }
}

/** Returns true if another packet of this size fits on the page. */
export function fitsOnPage(packets: readonly Uint8Array[], bytes: number): boolean {
  const segmentsOf = (length: number) => Math.floor(length / segmentBytes) + 1
  return packets.reduce((sum, { length }) => sum + segmentsOf(length), segmentsOf(bytes)) <= maxSegments
}

/** RFC 3533, section 6: over the whole page, with zeros in place of the checksum. */
export function pageChecksum(page: Uint8Array): number {
  let crc = 0
  for (const byte of page) crc = (crc << 8) ^ crcTable[(crc >>> 24) ^ byte]!
  return crc >>> 0
}
