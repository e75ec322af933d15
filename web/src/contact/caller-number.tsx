import { Eye } from 'lucide-react'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { ContactDetail } from '../api/shapes.ts'
import { CallerText } from '../contacts/caller-text.tsx'
import { Button } from '../controls/button.tsx'
import { refusalKey } from '../api/refusal.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePurpose } from '../session/purpose.tsx'

const focus = (element: HTMLElement | null) => element?.focus()

/**
 * The caller's number, masked until revealed. Revealing is logged, and the page says so first. The revealed number gets
 * the focus, because the button that had it is gone; so screen readers read the number.
 */
export function CallerNumber({ contact }: { contact: ContactDetail }) {
  const { t } = useLanguage()
  const under = usePurpose()
  const [number, setNumber] = useState<string>()
  const reveal = $api.useMutation('post', '/api/contacts/{id}/caller')

  if (number) {
    return (
      <span ref={focus} tabIndex={-1} className="number">
        {number}
      </span>
    )
  }
  const isHidden = contact.caller.kind !== 'withheld' && contact.caller.number != null
  const show = async () => {
    const answer = await reveal
      .mutateAsync({ params: { path: { id: contact.id } }, body: under })
      .catch(() => undefined)
    if (!answer) return
    setNumber(answer.number)
  }
  return (
    <>
      <CallerText caller={contact.caller} />
      {isHidden && (
        <span className="reveal">
          <Button kind="link" isBusy={reveal.isPending} onPress={() => void show()} aria-describedby="reveal-note">
            <Eye aria-hidden="true" size={16} />
            {t('contacts.caller.reveal')}
          </Button>
          <span id="reveal-note" className="second">
            {t('contacts.caller.reveal.note')}
          </span>
        </span>
      )}
      {reveal.error && (
        <span className="field-error" role="alert">
          {t(`error.${refusalKey(reveal.error)}`)}
        </span>
      )}
    </>
  )
}
