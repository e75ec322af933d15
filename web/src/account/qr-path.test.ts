import decodeQR from 'qr/decode.js'
import { expect, test } from 'vitest'
import { qrPath } from './qr-path.ts'

test.each([
  'otpauth://totp/Seloste:sari?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Seloste&algorithm=SHA1&digits=6&period=30',
  `otpauth://totp/${encodeURIComponent('Häme ja Åland: äöå')}?secret=${'A'.repeat(52)}`,
])('a reader decodes the drawn code: %s', (text) => {
  expect(decodeQR(draw(qrPath(text), 4))).toBe(text)
})

test('the code has its white border', () => {
  const { path, size } = qrPath('x')
  const { width, data } = draw({ path, size }, 1)
  for (let at = 0; at < size; at++) {
    for (const edge of [0, 1, 2, 3]) {
      expect(data[(edge * width + at) * 4]).toBe(255)
      expect(data[(at * width + edge) * 4]).toBe(255)
    }
  }
})

/** Renders the path independently: M x y, h, v, h back, z. */
function draw({ path, size }: { path: string; size: number }, scale: number) {
  const width = size * scale
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let dy = 0; dy < scale; dy++) {
      for (let dx = 0; dx < Number(length) * scale; dx++) {
        data.fill(
          0,
          ((Number(y) * scale + dy) * width + Number(x) * scale + dx) * 4,
          ((Number(y) * scale + dy) * width + Number(x) * scale + dx) * 4 + 3,
        )
      }
    }
  }
  return { width, height: width, data }
}
