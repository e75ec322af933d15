import { Copy, Mail } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Institute } from './disclosure-shapes.ts'

/**
 * A notice to whoever has copies, as it is sent: to whom, in which language, and how (R32). Whoever sends it does so from their own
 * mail; it names no call and nobody.
 */
export function NoticeTo({
  institute,
  language,
  text,
}: {
  /** Undefined until it is known: the text can be copied meanwhile. */
  institute: Pick<Institute, 'contact' | 'email'> | undefined
  /** Of the text. */
  language: string
  text: string
}) {
  const { say } = useLanguage()
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => announce(say('retention.recalls.copied')),
      () => announce(say('retention.recalls.copied.not')),
    )
  return (
    <>
      <p className="note disclosure-notice" lang={language}>
        {text}
      </p>
      {institute && (
        <p className="muted breaking">
          {say('account.notice.to', { contact: institute.contact, email: institute.email })}
        </p>
      )}
      <div className="actions">
        {institute && (
          <a className="button button-secondary" href={letterTo(institute.email, text)}>
            <Mail aria-hidden="true" size={18} />
            {say('account.notice.write')}
          </a>
        )}
        <Button kind="secondary" onPress={copy}>
          <Copy aria-hidden="true" size={18} />
          {say('retention.recalls.copy')}
        </Button>
      </div>
    </>
  )
}

/** RFC 6068. The notice begins with what it is about, up to its colon: that is the subject. */
export function letterTo(email: string, text: string): string {
  const [subject = ''] = text.split(':')
  const to = email.split('@').map(encodeURIComponent).join('@')
  return `mailto:${to}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text)}`
}
