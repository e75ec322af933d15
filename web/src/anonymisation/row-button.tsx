import type { ReactNode } from 'react'
import { Button } from '../controls/button.tsx'

/** Small button of a row; its accessible name includes the row's. */
export function RowButton({
  label,
  rowName,
  icon,
  style = 'quiet',
  onPress,
}: {
  label: string
  /** Name of the row. */
  rowName: string
  icon: ReactNode
  style?: 'quiet' | 'accept' | 'remove'
  onPress: () => void
}) {
  return (
    <Button
      kind={style === 'accept' ? 'secondary' : 'quiet'}
      className={style === 'quiet' ? 'small' : `small ${style}`}
      onPress={onPress}
      aria-label={`${label}: ${rowName}`}
    >
      {icon}
      {label}
    </Button>
  )
}
