/** The stone. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 2 29 9.5v13L16 30 3 22.5v-13z" fill="#17607a" />
      <path d="M16 2 29 9.5 16 17 3 9.5z" fill="#4f9db5" />
      <path d="M16 17v13L3 22.5v-13z" fill="#0f4456" />
    </svg>
  );
}
