import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { Form } from 'react-aria-components'
import { useLanguage } from '../language/use-words.ts'
import { Button, type ButtonKind } from './button.tsx'
import { Failure } from './failure.tsx'
import { useTries } from './use-tries.ts'

/**
 * Button that opens a form in place. The focus moves into the form and back to the button; a submit with something missing
 * focuses the first wrong field.
 */
export function Step({
  open,
  named = open,
  submit,
  kind = 'secondary',
  isBusy,
  error,
  isOpenAtFirst = false,
  onSubmit,
  onOpen,
  children,
}: {
  open: string
  /** Accessible name with the item's name, where a page has several; begins with the text of `open`. */
  named?: string
  submit: string
  kind?: ButtonKind
  isBusy: boolean
  error: unknown
  /** Opens initially because something was typed before. */
  isOpenAtFirst?: boolean
  /** Submits; false keeps the form open because something is missing or was refused. */
  onSubmit: () => Promise<boolean>
  onOpen?: () => void
  children: ReactNode
}) {
  const { t } = useLanguage()
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const { form, tried } = useTries()
  const id = useId()
  const wasOpen = useRef(isOpenAtFirst)

  useEffect(() => {
    if (isOpen === wasOpen.current) return
    wasOpen.current = isOpen
    if (isOpen) {
      form.current
        ?.querySelector<HTMLElement>(':is(input, textarea, button, [role=spinbutton]):not([type=hidden])')
        ?.focus()
    } else document.getElementById(id)?.focus()
  }, [isOpen, id, form])

  if (!isOpen) {
    return (
      <Button
        id={id}
        kind={kind}
        aria-expanded={false}
        {...(named !== open && { 'aria-label': named })}
        onPress={() => {
          onOpen?.()
          setOpen(true)
        }}
      >
        {open}
      </Button>
    )
  }
  return (
    <Form
      ref={form}
      className="step-form stack-small"
      aria-label={named}
      validationBehavior="aria"
      onSubmit={(event) => {
        event.preventDefault()
        if (isBusy) return
        void onSubmit().then((isDone) => (isDone ? setOpen(false) : tried()))
      }}
    >
      {children}
      {error != null && <Failure error={error} />}
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {submit}
        </Button>
        <Button kind="secondary" onPress={() => setOpen(false)}>
          {t('shell.cancel')}
        </Button>
      </div>
    </Form>
  )
}
