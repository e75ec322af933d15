/**
 * What pages are built of: React Aria's behaviour with Suomi.fi's measures. In: words and handlers. Out: elements.
 * Never here: requests, or anything that knows what a call is.
 */
import { Button as AriaButton, type ButtonProps } from 'react-aria-components'

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'link'

/** A button; at most one primary to a page. */
export function Button({ kind = 'secondary', className, ...props }: Omit<ButtonProps, 'className'> & { kind?: ButtonKind; className?: string }) {
  return <AriaButton {...props} className={`button button-${kind} ${className ?? ''}`} />
}
