import type { ComponentProps } from 'react'
import { Form } from 'react-aria-components'

/** Form that is submitted once at a time. Its fields show their own errors, not those of the browser. */
export function SubmitForm({
  isBusy = false,
  onSubmit,
  ...props
}: Omit<ComponentProps<typeof Form>, 'onSubmit' | 'validationBehavior'> & {
  /** True while it is being sent: another submit is ignored. */
  isBusy?: boolean
  onSubmit: () => unknown
}) {
  return (
    <Form
      {...props}
      validationBehavior="aria"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) onSubmit()
      }}
    />
  )
}
