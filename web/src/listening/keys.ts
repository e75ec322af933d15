/** Key actions of every player. */
export type CommonAction =
  { do: 'toggle' } | { do: 'skip'; ms: number } | { do: 'speed'; steps: 1 | -1 } | { do: 'help' }

/** Additional actions of a recording's player. */
export type RegionAction = { do: 'region-start' } | { do: 'region-end' }

/** Kind of the focused element in the player, as far as keys are concerned. */
export type KeyTarget = 'text' | 'button' | 'slider' | 'other'

interface Pressed {
  key: string
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
}

/**
 * Returns the action of a key; undefined for keys of the focused control: all in a text field, Space and Enter on a button,
 * arrows on a slider, and any with Ctrl, Alt or Meta.
 */
export function actionOf(pressed: Pressed, target: KeyTarget): CommonAction | RegionAction | undefined {
  if (target === 'text' || pressed.ctrlKey || pressed.altKey || pressed.metaKey) return undefined
  switch (pressed.key) {
    case ' ':
      return target === 'button' ? undefined : { do: 'toggle' }
    case 'k':
    case 'K':
      return { do: 'toggle' }
    case 'j':
    case 'J':
      return { do: 'skip', ms: -10_000 }
    case 'l':
    case 'L':
      return { do: 'skip', ms: 10_000 }
    case 'ArrowLeft':
      return target === 'slider' ? undefined : { do: 'skip', ms: -5000 }
    case 'ArrowRight':
      return target === 'slider' ? undefined : { do: 'skip', ms: 5000 }
    case '<':
      return { do: 'speed', steps: -1 }
    case '>':
      return { do: 'speed', steps: 1 }
    case 'i':
    case 'I':
      return { do: 'region-start' }
    case 'o':
    case 'O':
      return { do: 'region-end' }
    case '?':
      return { do: 'help' }
    default:
      return undefined
  }
}

const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3]

/** Returns the next speed up or down, clamped. */
export function nextSpeed(speed: number, steps: 1 | -1): number {
  const at = speeds.indexOf(speed)
  return speeds[Math.min(speeds.length - 1, Math.max(0, at + steps))] ?? 1
}

/** Returns the kind of the element that a key was pressed at. */
export function targetOf(target: EventTarget): KeyTarget {
  if (!(target instanceof HTMLElement)) return 'other'
  if (target.closest('input[type="range"]')) return target.dataset['keys'] === 'general' ? 'other' : 'slider'
  if (target.closest('input[type="checkbox"], button, [role="button"], summary, a')) return 'button'
  return target.closest('input, textarea, select') ? 'text' : 'other'
}
