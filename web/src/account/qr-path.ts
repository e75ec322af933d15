import { encodeQR } from 'qr'

/** White border around the code, in modules (ISO/IEC 18004). */
const quietZone = 4

/**
 * Returns a QR code of a text: an SVG path of its dark modules, one unit each, and the side length in units with its white
 * border.
 */
export function qrPath(text: string): { path: string; size: number } {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone })
  const path = rows.flatMap((row, y) => runs(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`)).join('')
  return { path, size: rows.length }
}

/** Returns start and length of each dark run of a row. */
function runs(row: readonly boolean[]): [number, number][] {
  const found: [number, number][] = []
  row.forEach((isDark, x) => {
    if (!isDark) return
    const last = found.at(-1)
    if (last && last[0] + last[1] === x) last[1] += 1
    else found.push([x, 1])
  })
  return found
}
