import { useEffect, useId, useRef, useState, type ComponentProps, type ReactNode } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { Button, type ButtonKind } from './button.tsx'
import { Failure } from './failure.tsx'
import { finishRequest } from './finish-request.ts'
import { SubmitForm } from './submit-form.tsx'
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
  /** Fields; a function gets true after a submit that was not done: what is missing is then shown. */
  children: ReactNode | ((isTried: boolean) => ReactNode)
}) {
  const { t } = useLanguage()
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const { form, isTried, tried, forget } = useTries()
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
          forget()
          setOpen(true)
        }}
      >
        {open}
      </Button>
    )
  }
  return (
    <SubmitForm
      ref={form}
      className="step-form stack-small"
      aria-label={named}
      isBusy={isBusy}
      onSubmit={() => onSubmit().then((isDone) => (isDone ? setOpen(false) : tried()))}
    >
      {typeof children === 'function' ? children(isTried) : children}
      {error != null && <Failure error={error} />}
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {submit}
        </Button>
        <Button kind="secondary" onPress={() => setOpen(false)}>
          {t('shell.cancel')}
        </Button>
      </div>
    </SubmitForm>
  )
}

interface Mutation<Request, Result> {
  isPending: boolean
  error: unknown
  mutateAsync: (request: Request) => Promise<Result>
}

/** Step that sends one request. A refusal is shown in the form, which stays open. */
export function ActStep<Request, Result>({
  act,
  request,
  onDone,
  ...step
}: {
  act: Mutation<Request, Result>
  /** Returns the request; undefined while something is missing. */
  request: () => NoInfer<Request> | undefined
  /** Called with the answer, before the form closes. */
  onDone?: (result: Result) => unknown
} & Omit<ComponentProps<typeof Step>, 'isBusy' | 'onSubmit' | 'error'> & { error?: unknown }) {
  return (
    <Step
      error={act.error}
      {...step}
      isBusy={act.isPending}
      onSubmit={async () => {
        const complete = request()
        if (complete === undefined) return false
        return finishRequest(act.mutateAsync(complete), (result) => onDone?.(result))
      }}
    />
  )
}
