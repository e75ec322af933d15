import { actionOf, type CommonAction, type KeyTarget } from '../listening/keys.ts'

/** What the editor's player does at a key besides what every player does. */
export type MarkAction = { do: 'mark-from' } | { do: 'mark-to' } | { do: 'mark' }

interface Pressed {
  key: string
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
  shiftKey: boolean
}

const nudgeMs = 200

/** The action of a key, or undefined where the key is somebody else's. */
export function editorActionOf(pressed: Pressed, target: KeyTarget): CommonAction | MarkAction | undefined {
  // A Nordic keyboard makes the brackets with AltGr, which says that Ctrl and Alt are pressed.
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
