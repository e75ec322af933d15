import { useEffect, useEffectEvent } from 'react'
import type { Drawn } from '../listening/waveform.tsx'
import type { Track } from './copy-shapes.ts'
import { tracks } from './copy-shapes.ts'
import { tracksOf, type Mark } from './mark.ts'
import type { Redaction } from './work.ts'

/** Height of the two lanes, without the timeline and the overview. */
const lanesPx = 144
const styles = {
  reviewed: { color: 'var(--mark-fill)', border: '2px solid var(--mark)', stripes: 'none' },
  // Stripes and a dashed edge, not only a colour, mark what is not reviewed.
  unreviewed: {
    color: 'var(--mark-open-fill)',
    border: '2px dashed var(--mark-open)',
    stripes: 'repeating-linear-gradient(45deg, var(--mark-open-stripe) 0 4px, transparent 4px 10px)',
  },
  draft: { color: 'rgba(42, 110, 187, 0.28)', border: '2px dotted var(--mark-new)', stripes: 'none' },
}

/**
 * Draws redactions on the lanes, numbered as in the list. Their ends can be dragged; dragging elsewhere marks a new one. For
 * pointer users only: the fields of the lists offer the same.
 */
export function useMarks(
  drawn: Drawn | undefined,
  {
    redactions,
    mark,
    onMark,
    onResize,
    onPick,
  }: {
    redactions: readonly Redaction[]
    mark: Mark
    onMark: (track: Track, fromMs: number, toMs: number) => void
    onResize: (key: number, fromMs: number, toMs: number) => void
    onPick: (key: number) => void
  },
): void {
  const marked = useEffectEvent(onMark)
  const resized = useEffectEvent(onResize)
  const picked = useEffectEvent(onPick)

  useEffect(() => {
    if (!drawn) return
    const { element, regions } = drawn
    let stopSelecting: (() => void) | undefined
    let lane: Track = 'CALLER'
    // Selection is enabled at each pointerdown, because the lane is the one under the pointer at that time.
    const begin = (event: PointerEvent) => {
      stopSelecting?.()
      stopSelecting = undefined
      const y = event.clientY - element.getBoundingClientRect().top
      if (y >= lanesPx) return
      lane = y < lanesPx / 2 ? 'CALLER' : 'OFFICIAL'
      stopSelecting = regions.enableDragSelection({
        id: 'new',
        channelIdx: tracks.indexOf(lane),
        color: styles.draft.color,
      })
    }
    element.addEventListener('pointerdown', begin, true)
    const stop = [
      regions.on('region-created', (region) => {
        if (region.id !== 'new') return
        const { start, end } = region
        region.remove()
        marked(lane, Math.round(start * 1000), Math.round(end * 1000))
      }),
      regions.on('region-updated', (region) => {
        const key = keyOf(region.id)
        if (key !== undefined) resized(key, Math.round(region.start * 1000), Math.round(region.end * 1000))
      }),
      regions.on('region-double-clicked', (region) => {
        const key = keyOf(region.id)
        if (key !== undefined) picked(key)
      }),
    ]
    return () => {
      element.removeEventListener('pointerdown', begin, true)
      stopSelecting?.()
      for (const one of stop) one()
    }
  }, [drawn])

  useEffect(() => {
    if (!drawn) return
    const { regions } = drawn
    const wanted = [...redactions.map(asRegion), ...markRegions(mark)]
    const byId = new Map(regions.getRegions().map((region) => [region.id, region]))
    for (const [id, region] of byId) {
      const one = wanted.find((region) => region.id === id)
      const isOwn = keyOf(id) !== undefined || id.startsWith('draft-')
      // The lane of an existing region cannot be changed.
      if (isOwn && one?.channelIdx !== region.channelIdx) {
        region.remove()
        byId.delete(id)
      }
    }
    for (const { id, start, end, channelIdx, appearance, number } of wanted) {
      const known = byId.get(id)
      if (known && (known.start !== start || known.end !== end)) known.setOptions({ start, end })
      const region =
        known ??
        regions.addRegion({
          id,
          start,
          end,
          channelIdx,
          color: 'transparent',
          drag: false,
          resize: number !== undefined,
          minLength: 0.05,
        })
      if (number !== undefined) region.setContent(numberElement(number))
      const style = region.element?.style
      if (!style) continue
      style.backgroundColor = styles[appearance].color
      style.backgroundImage = styles[appearance].stripes
      style.borderLeft = styles[appearance].border
      style.borderRight = styles[appearance].border
    }
  }, [drawn, redactions, mark])
}

function asRegion({ key, track, fromMs, toMs, isReviewed }: Redaction, index: number) {
  return {
    id: `redaction-${key}`,
    start: fromMs / 1000,
    end: toMs / 1000,
    channelIdx: tracks.indexOf(track),
    appearance: isReviewed ? ('reviewed' as const) : ('unreviewed' as const),
    number: index + 1,
  }
}

function markRegions(mark: Mark) {
  const { fromMs, toMs } = mark
  if (fromMs === undefined || toMs === undefined || toMs <= fromMs) return []
  return tracksOf(mark).map((track) => ({
    id: `draft-${track}`,
    start: fromMs / 1000,
    end: toMs / 1000,
    channelIdx: tracks.indexOf(track),
    appearance: 'draft' as const,
    number: undefined,
  }))
}

function keyOf(id: string): number | undefined {
  const [, key] = /^redaction-(\d+)$/.exec(id) ?? []
  return key === undefined ? undefined : Number(key)
}

function numberElement(number: number): HTMLElement {
  const shown = document.createElement('span')
  shown.textContent = String(number)
  Object.assign(shown.style, {
    padding: '0 3px',
    fontSize: '12px',
    fontWeight: '700',
    lineHeight: '16px',
    color: 'var(--ink)',
    background: 'var(--paper)',
  })
  return shown
}
