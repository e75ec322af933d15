import { ArrowDown, ArrowUp } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from './button.tsx'

/** Buttons that move an item up or down; the first cannot go up, nor the last down. */
export function MoveButtons({
  up,
  down,
  isFirst,
  isLast,
  onMove,
}: {
  /** Labels of the buttons, including the item's name. */
  up: string
  down: string
  isFirst: boolean
  isLast: boolean
  onMove: (by: 1 | -1) => void
}) {
  const upButton = useRef<HTMLButtonElement>(null)
  const downButton = useRef<HTMLButtonElement>(null)
  const pressed = useRef<1 | -1>(undefined)
  useEffect(() => {
    const [from, to] = pressed.current === -1 ? [upButton, downButton] : [downButton, upButton]
    const isAtEnd = pressed.current === -1 ? isFirst : isLast
    const focused = document.activeElement
    // At an end the pressed button is disabled: the other one gets the focus.
    if (pressed.current && isAtEnd && (focused === from.current || focused === document.body)) to.current?.focus()
  }, [isFirst, isLast])
  const move = (by: 1 | -1) => {
    pressed.current = by
    onMove(by)
  }
  return (
    <>
      <Button
        ref={upButton}
        kind="quiet"
        className="chip"
        isDisabled={isFirst}
        aria-label={up}
        onPress={() => move(-1)}
      >
        <ArrowUp aria-hidden="true" size={18} />
      </Button>
      <Button
        ref={downButton}
        kind="quiet"
        className="chip"
        isDisabled={isLast}
        aria-label={down}
        onPress={() => move(1)}
      >
        <ArrowDown aria-hidden="true" size={18} />
      </Button>
    </>
  )
}
