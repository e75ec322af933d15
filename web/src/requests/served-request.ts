import { useEffect, useEffectEvent } from 'react'
import type { UnderPurpose } from '../api/shapes.ts'
import { usePurposeState } from '../session/purpose.tsx'

const remembered = 'seloste.served-request'

/**
 * Makes the looks of this browser session serve this request: purpose INSPECTION, and its number as reference. Under a closed
 * one nothing is looked at, nor under the one that was opened before it.
 * @returns what to look under, as soon as it is in force
 */
export function useServing(request: { id: string; number: string; closed?: object }): UnderPurpose | undefined {
  const { choices, chosen, choose, leave } = usePurposeState()
  const may = choices.some(({ purpose }) => purpose === 'INSPECTION')
  const { number } = request
  const isOver = request.closed !== undefined
  const isServed = !isOver && chosen?.purpose === 'INSPECTION' && chosen.reference === number
  const serve = useEffectEvent(() => {
    if (isOver && chosen?.purpose === 'INSPECTION') return leave()
    if (isOver || !may) return
    window.sessionStorage.setItem(remembered, JSON.stringify([number, request.id]))
    if (!isServed) choose({ purpose: 'INSPECTION', reference: number })
  })
  useEffect(() => serve(), [number, may, isOver, isServed])
  return isServed ? chosen : undefined
}

/** The request that looks of this purpose serve; nothing where they serve none that this browser session has opened. */
export function servedRequest(under: UnderPurpose | undefined): { id: string; number: string } | undefined {
  if (under?.purpose !== 'INSPECTION' || !under.reference) return undefined
  try {
    const [number, id] = JSON.parse(window.sessionStorage.getItem(remembered) ?? '[]') as string[]
    return id !== undefined && number === under.reference ? { id, number } : undefined
  } catch {
    return undefined
  }
}
