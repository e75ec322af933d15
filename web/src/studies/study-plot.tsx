import { useEffect, useRef, useState } from 'react'
import type { Scene } from './plot-scene.ts'

/** Plot; an image with a text alternative, because its numbers are in the table beside it. */
export function StudyPlot({ scene, sentence }: { scene: Scene; sentence: string }) {
  return (
    <svg
      role="img"
      aria-label={sentence}
      width={scene.width}
      height={scene.height}
      viewBox={`0 0 ${scene.width} ${scene.height}`}
      className="study-plot"
    >
      {scene.lines
        .filter(({ paint }) => paint !== 'mark')
        .map(({ paint, ...line }) => (
          <line key={JSON.stringify(line)} {...line} className={`plot-${paint}`} />
        ))}
      {scene.rects.map(({ paint, ...rect }, index) => (
        <rect key={index} {...rect} className={`plot-${paint}`} />
      ))}
      {scene.lines
        .filter(({ paint }) => paint === 'mark')
        .map(({ paint, ...line }) => (
          <line key={JSON.stringify(line)} {...line} className={`plot-${paint}`} />
        ))}
      {scene.texts.map(({ x, y, text, anchor, kind }, index) => (
        <text key={index} x={x} y={y} textAnchor={anchor} className={`plot-${kind}`}>
          {text}
        </text>
      ))}
    </svg>
  )
}

/** Returns the width of an element in pixels while it is mounted. */
export function useWidth(): [ref: React.RefObject<HTMLDivElement | null>, width: number | undefined] {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState<number>()
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}
