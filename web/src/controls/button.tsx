/**
 * What pages are built of: React Aria's behaviour with Suomi.fi's measures. In: words and handlers. Out: elements.
 * Never here: requests, or anything that knows what a call is.
 */
import type { Ref } from 'react'
import { Button as AriaButton, type ButtonProps } from 'react-aria-components'

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'link'

interface Props extends Omit<ButtonProps, 'className' | 'isPending'> {
  kind?: ButtonKind
  className?: string
  ref?: Ref<HTMLButtonElement>
  /** Its work is under way: it keeps the focus and does nothing more. The words beside it say what goes on. */
  isBusy?: boolean
}

/** A button; at most one primary to a page. */
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
