import { Copy, Mail } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Institute } from './disclosure-shapes.ts'

/**
 * Notice to the holder of copies: recipient, language and channel (R32). The sender uses their own mail program; the notice
 * names no call and no person.
 */
export function NoticeTo({
  institute,
  language,
  text,
}: {
  /** Undefined while loading: the text can be copied meanwhile. */
  institute: Pick<Institute, 'contact' | 'email'> | undefined
  /** Language of the text. */
  language: string
  text: string
}) {
  const { t } = useLanguage()
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => announce(t('retention.recalls.copied')),
      () => announce(t('retention.recalls.copied.not')),
    )
  return (
    <>
      <p className="note disclosure-notice" lang={language}>
        {text}
      </p>
      {institute && (
        <p className="muted breaking">
          {t('account.notice.to', { contact: institute.contact, email: institute.email })}
        </p>
      )}
      <div className="actions">
        {institute && (
          <a className="button button-secondary" href={mailtoUrl(institute.email, text)}>
            <Mail aria-hidden="true" size={18} />
            {t('account.notice.write')}
          </a>
        )}
        <Button kind="secondary" onPress={copy}>
          <Copy aria-hidden="true" size={18} />
          {t('retention.recalls.copy')}
        </Button>
      </div>
    </>
  )
}

/** mailto address (RFC 6068). The text up to its first colon becomes the subject. */
export function mailtoUrl(email: string, text: string): string {
  const [subject = ''] = text.split(':')
  const to = email.split('@').map(encodeURIComponent).join('@')
  return `mailto:${to}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text)}`
}
