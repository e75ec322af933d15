import type { ReactNode } from 'react'
import { Button } from '../controls/button.tsx'

/** Small button of a row; its accessible name includes the row's. */
export function RowButton({
  label,
  of,
  icon,
  look = 'quiet',
  onPress,
}: {
  label: string
  /** Name of the row. */
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
