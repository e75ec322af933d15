import { useEffect, useEffectEvent } from 'react'
import type { UnderPurpose } from '../api/shapes.ts'
import { usePurposeState } from '../session/purpose.tsx'

const storageKey = 'seloste.served-request'

/**
 * Sets this session's purpose to INSPECTION with the request's number as reference. A closed request clears the purpose, even
 * one that was set for another request.
 * @returns the purpose and reference, once in force
 */
export function useServing(request: { id: string; number: string; closed?: object }): UnderPurpose | undefined {
  const { choices, chosen, choose, leave } = usePurposeState()
  const may = choices.some(({ purpose }) => purpose === 'INSPECTION')
  const { number } = request
  const hasEnded = request.closed !== undefined
  const isServed = !hasEnded && chosen?.purpose === 'INSPECTION' && chosen.reference === number
  const serve = useEffectEvent(() => {
    if (hasEnded && chosen?.purpose === 'INSPECTION') return leave()
    if (hasEnded || !may) return
    window.sessionStorage.setItem(storageKey, JSON.stringify([number, request.id]))
    if (!isServed) choose({ purpose: 'INSPECTION', reference: number })
  })
  useEffect(() => serve(), [number, may, hasEnded, isServed])
  return isServed ? chosen : undefined
}

/** Returns the request of the current purpose; undefined if this session has not opened it. */
export function servedRequest(under: UnderPurpose | undefined): { id: string; number: string } | undefined {
  if (under?.purpose !== 'INSPECTION' || !under.reference) return undefined
  try {
    const [number, id] = JSON.parse(window.sessionStorage.getItem(storageKey) ?? '[]') as string[]
    return id !== undefined && number === under.reference ? { id, number } : undefined
  } catch {
    return undefined
  }
}
