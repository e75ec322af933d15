/** Plot as shapes, laid out once for the page's SVG and for files. In pixels; colours by name only. */
export type Paint = 'value' | 'compared' | 'mark' | 'grid' | 'axis'

export interface Scene {
  width: number
  height: number
  rects: { x: number; y: number; width: number; height: number; paint: Paint }[]
  lines: { x1: number; y1: number; x2: number; y2: number; paint: Paint }[]
  texts: { x: number; y: number; text: string; anchor: 'start' | 'middle' | 'end'; kind: 'label' | 'tick' | 'title' }[]
}

export interface Plotted {
  label: string
  value?: number | undefined
  mark?: number | undefined
  compared?: number | undefined
}

export interface Plot {
  items: readonly Plotted[]
  isCompared: boolean
  write: (number: number) => string
  kind: 'count' | 'share' | 'length'
  /** Horizontal bars with their names beside them: for names that are no times, and for narrow screens. */
  isHorizontal: boolean
  width: number
  /** Title in a file, which has no page around it. */
  title?: readonly string[] | undefined
  legend: { value: string; compared?: string | undefined; mark?: string | undefined }
}

const textPx = 7.6
const lineHeight = 20
const barPx = 16
const gapPx = 12
const plotHeight = 280
const hidden = '–'

export function layOutPlot(plot: Plot): Scene {
  const scene: Scene = { width: plot.width, height: 0, rects: [], lines: [], texts: [] }
  let top = 4
  for (const title of plot.title ?? []) {
    top += lineHeight
    scene.texts.push({ x: 0, y: top - 6, text: title, anchor: 'start', kind: 'title' })
  }
  top = drawLegend(scene, plot, top + 4)
  const numbers = plot.items.flatMap(({ value, mark, compared }) => [value ?? 0, mark ?? 0, compared ?? 0])
  const ticks = ticksOf(Math.max(0, ...numbers), plot.kind)
  if (plot.isHorizontal) drawHorizontal(scene, plot, ticks, top)
  else drawUpright(scene, plot, ticks, top)
  return scene
}

function drawLegend(scene: Scene, { legend, width }: Plot, top: number): number {
  const entries = [
    { paint: 'value' as const, text: legend.value },
    ...(legend.compared ? [{ paint: 'compared' as const, text: legend.compared }] : []),
    ...(legend.mark ? [{ paint: 'mark' as const, text: legend.mark }] : []),
  ]
  let [x, y] = [0, top]
  for (const { paint, text } of entries) {
    const entryWidth = 24 + text.length * textPx
    if (x > 0 && x + entryWidth > width) [x, y] = [0, y + lineHeight]
    if (paint === 'mark') scene.lines.push({ x1: x + 7, y1: y + 1, x2: x + 7, y2: y + 15, paint })
    else scene.rects.push({ x, y: y + 1, width: 14, height: 14, paint })
    scene.texts.push({ x: x + 20, y: y + 13, text, anchor: 'start', kind: 'tick' })
    x += entryWidth + 18
  }
  return y + lineHeight + 12
}

/** Draws names on a line above their bars, so that none is cut off. */
function drawHorizontal(
  scene: Scene,
  { items, isCompared, write, width }: Plot,
  ticks: readonly number[],
  top: number,
): void {
  const last = ticks.at(-1)!
  const valueWidth =
    Math.max(
      ...items.flatMap(({ value, compared }) => [value, compared]).map((one) => valueText(one, write).length),
      1,
    ) *
      textPx +
    10
  const barsWidth = width - valueWidth
  const xOf = (number: number) => (number / last) * barsWidth
  let y = top
  for (const { label, value, mark, compared } of items) {
    scene.texts.push({ x: 0, y: y + 14, text: label, anchor: 'start', kind: 'label' })
    y += lineHeight
    const first = y
    const bars = isCompared
      ? ([
          ['value', value],
          ['compared', compared],
        ] as const)
      : ([['value', value]] as const)
    for (const [paint, number] of bars) {
      scene.rects.push({ x: 0, y, width: number === undefined ? 0 : Math.max(1, xOf(number)), height: barPx, paint })
      const text = valueText(number, write)
      // After the mark if there is no room before it.
      const end = number === undefined ? 0 : xOf(number)
      const isCut =
        paint === 'value' && mark !== undefined && xOf(mark) >= end && xOf(mark) < end + text.length * textPx + 12
      scene.texts.push({ x: (isCut ? xOf(mark) : end) + 6, y: y + 13, text, anchor: 'start', kind: 'tick' })
      y += barPx + 3
    }
    if (mark !== undefined) {
      scene.lines.push({ x1: xOf(mark), y1: first - 3, x2: xOf(mark), y2: first + barPx + 3, paint: 'mark' })
    }
    scene.lines.push({ x1: 0, y1: first - 2, x2: 0, y2: y, paint: 'axis' })
    y += gapPx
  }
  scene.height = y
}

function drawUpright(
  scene: Scene,
  { items, isCompared, write, width }: Plot,
  ticks: readonly number[],
  top: number,
): void {
  const last = ticks.at(-1)!
  const left = Math.max(...ticks.map((tick) => write(tick).length)) * textPx + 10
  const bottom = top + plotHeight
  const yOf = (number: number) => bottom - (number / last) * plotHeight
  for (const tick of ticks) {
    scene.lines.push({ x1: left, y1: yOf(tick), x2: width, y2: yOf(tick), paint: tick === 0 ? 'axis' : 'grid' })
    scene.texts.push({ x: left - 8, y: yOf(tick) + 4, text: write(tick), anchor: 'end', kind: 'tick' })
  }
  const step = (width - left) / Math.max(1, items.length)
  const labelEvery = Math.ceil((Math.max(...items.map(({ label }) => label.length), 1) * textPx + 8) / step)
  const bar = Math.min(44, (step * 0.76) / (isCompared ? 2 : 1))
  for (const [index, { label, value, mark, compared }] of items.entries()) {
    const middle = left + step * (index + 0.5)
    const bars = isCompared
      ? ([
          ['compared', compared],
          ['value', value],
        ] as const)
      : ([['value', value]] as const)
    const first = middle - (bar * bars.length) / 2
    for (const [position, [paint, number]] of bars.entries()) {
      const x = first + bar * position
      if (number === undefined)
        scene.texts.push({ x: x + bar / 2, y: bottom - 6, text: hidden, anchor: 'middle', kind: 'tick' })
      else scene.rects.push({ x, y: yOf(number), width: Math.max(1, bar - 1), height: bottom - yOf(number), paint })
    }
    const valueX = first + bar * (bars.length - 1)
    if (mark !== undefined)
      scene.lines.push({ x1: valueX - 3, y1: yOf(mark), x2: valueX + bar + 2, y2: yOf(mark), paint: 'mark' })
    if (index % labelEvery === 0)
      scene.texts.push({ x: middle, y: bottom + 18, text: label, anchor: 'middle', kind: 'tick' })
  }
  scene.height = bottom + 28
}

function valueText(number: number | undefined, write: Plot['write']): string {
  return number === undefined ? hidden : write(number)
}

/** Returns round ticks from 0 to at least the maximum; in whole minutes for long times. */
export function ticksOf(last: number, kind: Plot['kind']): number[] {
  const target = last <= 0 ? (kind === 'share' ? 1 : 5) : last
  const raw = target / 4
  const steps = kind === 'length' ? [5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1800] : tens(raw)
  const step = steps.find((one) => one >= raw - 1e-9) ?? Math.ceil(raw / 3600) * 3600
  const count = Math.ceil(target / step - 1e-9)
  return Array.from({ length: count + 1 }, (_, index) => Math.round(index * step * 1e6) / 1e6)
}

function tens(raw: number): number[] {
  const power = 10 ** Math.floor(Math.log10(raw))
  return [1, 2, 2.5, 5, 10].map((one) => one * power)
}
