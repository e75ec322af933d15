/** Focuses a form's first wrong field; its error is announced with it (WCAG 3.3.1). */
export function focusWrong(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[data-invalid] :is(input, textarea, [role=spinbutton]):not([type=hidden])')?.focus()
}
