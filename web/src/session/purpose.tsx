import { createContext, use, useMemo, useState, type ReactNode } from 'react'
import type { Me, UnderPurpose } from '../api/shapes.ts'
import { purposesOf, type PurposeChoice } from './rights.ts'

interface PurposeState {
  choices: PurposeChoice[]
  chosen: UnderPurpose | undefined
  choose: (under: UnderPurpose) => void
  /** Clears the choice. */
  leave: () => void
}

const PurposeContext = createContext<PurposeState | undefined>(undefined)
const storageKey = 'seloste.purpose'

/** Provides the purpose of every access in this session (R3). */
export function PurposeProvider({ me, children }: { me: Me; children: ReactNode }) {
  const choices = useMemo(() => purposesOf(me), [me])
  const [picked, setPicked] = useState<UnderPurpose | undefined>(() => storedPurpose(me.personId))
  const chosen = useMemo(() => ifAllowed(picked, choices) ?? onlyChoice(choices), [picked, choices])
  const state = useMemo<PurposeState>(
    () => ({
      choices,
      chosen,
      choose(under) {
        window.sessionStorage.setItem(storageKey, JSON.stringify({ personId: me.personId, under }))
        setPicked(under)
      },
      leave() {
        forgetPurpose()
        setPicked(undefined)
      },
    }),
    [choices, chosen, me.personId],
  )
  return <PurposeContext value={state}>{children}</PurposeContext>
}

/** Returns the possible purposes and the choice. */
export function usePurposeState(): PurposeState {
  const state = use(PurposeContext)
  if (!state) throw new Error('usePurposeState is called outside PurposeProvider')
  return state
}

/** Returns the chosen purpose; only for pages behind PurposeGate. */
export function usePurpose(): UnderPurpose {
  const { chosen } = usePurposeState()
  if (!chosen) throw new Error('usePurpose is called outside PurposeGate')
  return chosen
}

/** Clears the choice: the next person at this browser chooses their own. */
export function forgetPurpose(): void {
  window.sessionStorage.removeItem(storageKey)
}

function ifAllowed(under: UnderPurpose | undefined, choices: PurposeChoice[]): UnderPurpose | undefined {
  const choice = choices.find((one) => one.purpose === under?.purpose)
  return choice && (!choice.referenceNeeded || under?.reference) ? under : undefined
}

function onlyChoice(choices: PurposeChoice[]): UnderPurpose | undefined {
  const [only, ...others] = choices
  return only && others.length === 0 && !only.referenceNeeded ? { purpose: only.purpose } : undefined
}

function storedPurpose(personId: string): UnderPurpose | undefined {
  try {
    const kept = JSON.parse(window.sessionStorage.getItem(storageKey) ?? 'null') as {
      personId: string
      under: UnderPurpose
    } | null
    return kept?.personId === personId ? kept.under : undefined
  } catch {
    return undefined
  }
}
