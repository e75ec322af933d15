import { ArrowDown, ArrowUp } from 'lucide-react'
import { Button } from './button.tsx'

/** Moves one of several up or down among them; the first cannot go up, nor the last down. */
export function MoveButtons({
  up,
  down,
  isFirst,
  isLast,
  onMove,
}: {
  /** What the buttons are called, with what they move. */
  up: string
  down: string
  isFirst: boolean
  isLast: boolean
  onMove: (by: 1 | -1) => void
}) {
  return (
    <>
      <Button kind="quiet" className="chip" isDisabled={isFirst} aria-label={up} onPress={() => onMove(-1)}>
        <ArrowUp aria-hidden="true" size={18} />
      </Button>
      <Button kind="quiet" className="chip" isDisabled={isLast} aria-label={down} onPress={() => onMove(1)}>
        <ArrowDown aria-hidden="true" size={18} />
      </Button>
    </>
  )
}
