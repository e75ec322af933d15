import type { Ref } from 'react'
import { Button as AriaButton, type ButtonProps } from 'react-aria-components'

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'link'

interface Props extends Omit<ButtonProps, 'className' | 'isPending'> {
  kind?: ButtonKind
  className?: string
  ref?: Ref<HTMLButtonElement>
  /** True while the action is in progress: the button keeps the focus and ignores presses. A text beside it shows progress. */
  isBusy?: boolean
}

/** Button; at most one primary per page. */
export function Button({ kind = 'secondary', className, isBusy = false, onPress, type, ...props }: Props) {
  return (
    <AriaButton
      {...props}
      type={isBusy ? 'button' : (type ?? 'button')}
      onPress={isBusy ? undefined : onPress}
      className={`button button-${kind} ${isBusy ? 'is-busy' : ''} ${className ?? ''}`}
    />
  )
}
