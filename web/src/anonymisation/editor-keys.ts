import { actionOf, type CommonAction, type KeyTarget } from '../listening/keys.ts'

/** Key actions of the editor's player, besides those of every player. */
export type MarkAction = { do: 'mark-from' } | { do: 'mark-to' } | { do: 'mark' }

interface Pressed {
  key: string
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
  shiftKey: boolean
}

const nudgeMs = 200

/** Returns the action of a key; undefined if it has none. */
export function editorActionOf(pressed: Pressed, target: KeyTarget): CommonAction | MarkAction | undefined {
  // On Nordic keyboards the brackets need AltGr, which reports Ctrl and Alt as pressed.
  if ((pressed.key === '[' || pressed.key === ']') && target !== 'text' && !pressed.metaKey)
    return { do: pressed.key === '[' ? 'mark-from' : 'mark-to' }
  const action = actionOf(pressed, target)
  if (action?.do === 'region-start') return { do: 'mark-from' }
  if (action?.do === 'region-end') return { do: 'mark-to' }
  if (action?.do === 'skip' && pressed.shiftKey && pressed.key.startsWith('Arrow'))
    return { do: 'skip', ms: Math.sign(action.ms) * nudgeMs }
  if (action) return action
  const isBare = target !== 'text' && !pressed.ctrlKey && !pressed.altKey && !pressed.metaKey
  return isBare && pressed.key.toLowerCase() === 'm' ? { do: 'mark' } : undefined
}
