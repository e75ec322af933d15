/** Parses RTP packets (RFC 3550, section 5.1) from the network. Never throws and allocates no objects. */

/** Fields of one packet; the caller owns the object and reuses it. */
export type RtpPacket = {
  payloadType: number
  marker: boolean
  seq: number
  timestamp: number
  ssrc: number
  payloadStart: number
  payloadEnd: number
}

export function emptyPacket(): RtpPacket {
  return { payloadType: 0, marker: false, seq: 0, timestamp: 0, ssrc: 0, payloadStart: 0, payloadEnd: 0 }
}

/** Parses bytes [0, size) of `bytes` into `packet`; returns false if they are not a valid RTP packet (A.1's header checks). */
export function parsePacket(bytes: Uint8Array, size: number, packet: RtpPacket): boolean {
  if (size < 12) return false
  const first = bytes[0]!
  if (first >> 6 !== 2) return false
  const second = bytes[1]!
  let start = 12 + 4 * (first & 0x0f)
  let end = size
  if (first & 0x10) {
    if (start + 4 > end) return false
    start += 4 + 4 * ((bytes[start + 2]! << 8) | bytes[start + 3]!)
  }
  if (start > end) return false
  if (first & 0x20) {
    const padding = bytes[end - 1]!
    if (padding === 0 || padding > end - start) return false
    end -= padding
  }
  packet.marker = second > 0x7f
  packet.payloadType = second & 0x7f
  packet.seq = (bytes[2]! << 8) | bytes[3]!
  packet.timestamp = ((bytes[4]! << 24) | (bytes[5]! << 16) | (bytes[6]! << 8) | bytes[7]!) >>> 0
  packet.ssrc = ((bytes[8]! << 24) | (bytes[9]! << 16) | (bytes[10]! << 8) | bytes[11]!) >>> 0
  packet.payloadStart = start
  packet.payloadEnd = end
  return true
}

/** Returns true for RTCP on the RTP port, which has a packet type from 192 to 223 (RFC 5761, section 4). */
export function isRtcp(bytes: Uint8Array, size: number): boolean {
  return size >= 8 && bytes[0]! >> 6 === 2 && bytes[1]! >= 192 && bytes[1]! <= 223
}
