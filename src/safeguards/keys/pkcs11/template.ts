import type { Memory } from './cryptoki.ts'

/** A CK_ATTRIBUTE: CKA_... and its value. */
export interface Attribute {
  type: number
  value: Buffer
}

const ulong = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
const [yes, no] = [Buffer.from([1]), Buffer.from([0])]

/** Attributes of our keys (PKCS#11 2.40, 4.9.1 and 2.9). */
export const attribute = {
  /** CKA_CLASS is CKO_SECRET_KEY. */
  secretKey: { type: 0x0, value: ulong(0x4) },
  /** CKA_KEY_TYPE is CKK_AES. */
  aes: { type: 0x100, value: ulong(0x1f) },
  /** CKA_TOKEN: persists after the session. */
  onToken: { type: 0x1, value: yes },
  /** CKA_PRIVATE: visible to the signed-in user only. */
  isPrivate: { type: 0x2, value: yes },
  /** CKA_SENSITIVE: never revealed in plain. */
  sensitive: { type: 0x103, value: yes },
  /** CKA_EXTRACTABLE: never revealed wrapped either. */
  notExtractable: { type: 0x162, value: no },
  /** CKA_ENCRYPT */
  encrypts: { type: 0x104, value: yes },
  /** CKA_DECRYPT */
  decrypts: { type: 0x105, value: yes },
  /** CKA_LABEL */
  label: (label: string): Attribute => ({ type: 0x3, value: Buffer.from(label) }),
  /** CKA_VALUE_LEN */
  valueBytes: (length: number): Attribute => ({ type: 0x161, value: ulong(length) }),
}

interface Template {
  address: bigint
  /** Buffers from which the module reads the values, or into which it writes them. */
  values: Buffer[]
  /** Returns the length of a value as reported by the module. */
  lengthOf(index: number): number
}

/** Writes attributes to memory for the module: type, address and length, 24 bytes each. */
export function putTemplate(memory: Memory, attributes: readonly Attribute[]): Template {
  const size = 24
  const list = memory.put(size * attributes.length)
  const values = attributes.map(({ type, value }, index) => {
    const piece = memory.put(value)
    list.bytes.writeBigUInt64LE(BigInt(type), size * index)
    list.bytes.writeBigUInt64LE(piece.address, size * index + 8)
    list.bytes.writeBigUInt64LE(BigInt(value.length), size * index + 16)
    return piece.bytes
  })
  return {
    address: list.address,
    values,
    lengthOf: (index) => Number(list.bytes.readBigUInt64LE(size * index + 16)),
  }
}

/** A CK_BBOOL. */
export function isTrue(value: Buffer): boolean {
  return value[0] === 1
}
