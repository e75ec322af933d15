declare module 'virtual:suomifi-tokens.css'
declare module '@fontsource-variable/source-sans-3/wght.css'

declare module 'virtual:texts/*' {
  const texts: Record<string, string>
  export default texts
}
