/** Plots as standalone files with colours and fonts included. */
import type { Paint, Scene } from './plot-scene.ts'

const colours: Record<Paint, string> = {
  value: '#2a6ebb',
  compared: '#a5acb0',
  mark: '#b83a00',
  grid: '#d8dbdd',
  axis: '#5f686d',
}
const ink = '#1b1d1e'
const family = "'Source Sans 3', 'Helvetica Neue', Arial, sans-serif"
const sizes = { label: 14, tick: 13, title: 16 } as const
const margin = 16
/** Scale for sharp printing. */
const pngScale = 2

export function svgOf(scene: Scene): string {
  const [width, height] = [scene.width + 2 * margin, scene.height + 2 * margin]
  const rects = scene.rects.map(
    (r) => `<rect x="${r.x}" y="${r.y}" width="${r.width}" height="${r.height}" fill="${colours[r.paint]}"/>`,
  )
  const lines = scene.lines.map(
    (l) =>
      `<line x1="${l.x1}" y1="${l.y1}" x2="${l.x2}" y2="${l.y2}" stroke="${colours[l.paint]}" stroke-width="${l.paint === 'mark' ? 3 : 1}"/>`,
  )
  const texts = scene.texts.map(
    (t) =>
      `<text x="${t.x}" y="${t.y}" text-anchor="${t.anchor}" font-size="${sizes[t.kind]}" font-weight="${t.kind === 'title' ? 600 : 400}" fill="${ink}">${escape(t.text)}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="${escape(family)}">`,
    `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="#ffffff"/>`,
    ...lines.filter((_, index) => scene.lines[index]!.paint !== 'mark'),
    ...rects,
    ...lines.filter((_, index) => scene.lines[index]!.paint === 'mark'),
    ...texts,
    '</svg>',
    '',
  ].join('\n')
}

/** @returns null if the browser cannot render it */
export function pngOf(scene: Scene): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  canvas.width = (scene.width + 2 * margin) * pngScale
  canvas.height = (scene.height + 2 * margin) * pngScale
  const draw = canvas.getContext('2d')
  if (!draw) return Promise.resolve(null)
  draw.fillStyle = '#ffffff'
  draw.fillRect(0, 0, canvas.width, canvas.height)
  draw.setTransform(pngScale, 0, 0, pngScale, margin * pngScale, margin * pngScale)
  const strokes = (isMark: boolean) => {
    for (const { x1, y1, x2, y2, paint } of scene.lines.filter((one) => (one.paint === 'mark') === isMark)) {
      draw.strokeStyle = colours[paint]
      draw.lineWidth = isMark ? 3 : 1
      draw.beginPath()
      draw.moveTo(x1, y1)
      draw.lineTo(x2, y2)
      draw.stroke()
    }
  }
  strokes(false)
  for (const { x, y, width, height, paint } of scene.rects) {
    draw.fillStyle = colours[paint]
    draw.fillRect(x, y, width, height)
  }
  strokes(true)
  draw.fillStyle = ink
  for (const { x, y, text, anchor, kind } of scene.texts) {
    draw.font = `${kind === 'title' ? 600 : 400} ${sizes[kind]}px ${family}`
    draw.textAlign = ({ start: 'left', middle: 'center', end: 'right' } as const)[anchor]
    draw.fillText(text, x, y)
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

/** Saves a blob made by the page. */
export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has started to write it by then.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)
}
