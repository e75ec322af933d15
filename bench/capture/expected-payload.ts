/** Returns the 160 bytes that generator.c sends as packet `n` of stream `stream`. */
export function expectedPayload(stream: number, n: number): Buffer {
  const payload = Buffer.alloc(160)
  let x = (Math.imul(stream, 0x9e3779b1) + Math.imul(n, 0x85ebca6b)) | 0
  for (let i = 0; i < payload.length; i += 4) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0
    payload.writeInt32LE(x, i)
  }
  return payload
}
