/** Bech32 (BIP 173) as age uses it: the same checksum, without the limit of 90 characters. */
const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

/** Encodes `bytes` under a lower-case human-readable prefix. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const words = regroup(bytes, 8, 5, true)
  if (words === undefined) throw new Error('padding is always possible when encoding')
  const sum = checksum([...expandPrefix(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1
  for (let i = 0; i < 6; i++) words.push((sum >>> (5 * (5 - i))) & 31)
  return `${prefix}1${words.map((word) => alphabet[word]).join('')}`
}

/** Decodes; undefined when the text is not valid Bech32 with this prefix. Mixed case is invalid (BIP 173). */
export function decodeBech32(prefix: string, text: string): Buffer | undefined {
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return undefined
  const lower = text.toLowerCase()
  if (!lower.startsWith(`${prefix}1`)) return undefined
  const words = [...lower.slice(prefix.length + 1)].map((letter) => alphabet.indexOf(letter))
  if (words.length < 6 || words.includes(-1)) return undefined
  if (checksum([...expandPrefix(prefix), ...words]) !== 1) return undefined
  const bytes = regroup(words.slice(0, -6), 5, 8, false)
  return bytes && Buffer.from(bytes)
}

function checksum(words: number[]): number {
  let sum = 1
  for (const word of words) {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ word
    generators.forEach((generator, i) => {
      if ((top >>> i) & 1) sum ^= generator
    })
  }
  return sum
}

function expandPrefix(prefix: string): number[] {
  const codes = [...prefix].map((letter) => letter.charCodeAt(0))
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)]
}

function regroup(input: Iterable<number>, from: number, to: number, pad: boolean): number[] | undefined {
  const output: number[] = []
  let bits = 0
  let buffer = 0
  for (const word of input) {
    buffer = ((buffer << from) | word) & 0xfff
    bits += from
    while (bits >= to) {
      bits -= to
      output.push((buffer >> bits) & ((1 << to) - 1))
    }
  }
  const rest = (buffer << (to - bits)) & ((1 << to) - 1)
  if (pad) {
    if (bits > 0) output.push(rest)
  } else if (bits >= from || rest !== 0) return undefined
  return output
}
