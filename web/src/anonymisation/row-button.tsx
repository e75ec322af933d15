import type { ReactNode } from 'react'
import { Button } from '../controls/button.tsx'

/** What can be done with one row of the work: small, and read with the name of its row. */
export function RowButton({
  label,
  of,
  icon,
  look = 'quiet',
  onPress,
}: {
  label: string
  /** The name of the row. */
  of: string
  icon: ReactNode
  look?: 'quiet' | 'accept' | 'remove'
  onPress: () => void
}) {
  return (
    <Button
      kind={look === 'accept' ? 'secondary' : 'quiet'}
      className={look === 'quiet' ? 'small' : `small ${look}`}
      onPress={onPress}
      aria-label={`${label}: ${of}`}
    >
      {icon}
      {label}
    </Button>
  )
}
