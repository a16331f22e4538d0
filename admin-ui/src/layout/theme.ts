/** The look: system fonts, small density, lines instead of shadows. */
import type { RaThemeOptions } from 'react-admin';
import { dark, light, type Palette } from './palette';
import { globalStyles } from './globalStyles';

const fontFamily =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", Arial, sans-serif';

function tableStyles(colours: Palette) {
  const edges = { '&:first-of-type': { paddingLeft: 20 }, '&:last-of-type': { paddingRight: 22 } };
  const cell = { root: { borderBottomColor: colours.line, padding: '7px 14px', fontSize: 13.5, ...edges } };
  return {
    MuiTableCell: {
      styleOverrides: {
        ...cell,
        head: {
          fontSize: 12,
          fontWeight: 600,
          color: colours.soft,
          backgroundColor: colours.raised,
          whiteSpace: 'nowrap',
        },
      },
    },
    MuiTableRow: { styleOverrides: { root: { '&:last-child td': { borderBottom: 0 } } } },
    RaDataTable: {
      styleOverrides: {
        root: {
          '& .RaDataTable-headerCell, & .RaDataTable-rowCell': { padding: '7px 14px', ...edges },
          '& .RaDataTable-clickableRow:focus-visible': {
            outline: `2px solid ${colours.brand}`,
            outlineOffset: -2,
          },
        },
      },
    },
    MuiTablePagination: { styleOverrides: { root: { borderBottom: 0 } } },
  };
}

function surfaceStyles(colours: Palette) {
  const card = { border: `1px solid ${colours.line}`, borderRadius: 10, backgroundImage: 'none' };
  return {
    MuiCard: { defaultProps: { elevation: 0 }, styleOverrides: { root: card } },
    MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiAppBar: {
      defaultProps: { color: 'default', elevation: 0 },
      styleOverrides: {
        root: {
          backgroundColor: colours.paper,
          color: colours.ink,
          borderBottom: `1px solid ${colours.line}`,
        },
      },
    },
    MuiDialog: { styleOverrides: { paper: { borderRadius: 12, border: `1px solid ${colours.line}` } } },
    MuiAlert: { styleOverrides: { root: { borderRadius: 8, alignItems: 'center' } } },
    MuiTooltip: {
      defaultProps: { enterDelay: 250, disableInteractive: true },
      styleOverrides: { tooltip: { fontSize: 12, maxWidth: 520 } },
    },
  };
}

function controlStyles() {
  return {
    MuiButton: {
      defaultProps: { disableElevation: true, size: 'small' },
      styleOverrides: { root: { textTransform: 'none', fontWeight: 600, borderRadius: 7 } },
    },
    MuiTextField: { defaultProps: { size: 'small', variant: 'outlined' } },
    MuiFormControl: { defaultProps: { size: 'small', variant: 'outlined', margin: 'dense' } },
    MuiTab: { styleOverrides: { root: { textTransform: 'none', minHeight: 42, fontWeight: 600 } } },
    MuiTabs: { styleOverrides: { root: { minHeight: 42 } } },
    MuiLink: { defaultProps: { underline: 'hover' } },
  };
}

function themeOf(mode: 'light' | 'dark', colours: Palette): RaThemeOptions {
  return {
    palette: {
      mode,
      primary: { main: colours.brand, contrastText: colours.brandInk },
      secondary: { main: colours.second },
      error: { main: colours.error },
      warning: { main: colours.warning },
      success: { main: colours.success },
      info: { main: colours.info },
      background: { default: colours.ground, paper: colours.paper },
      text: { primary: colours.ink, secondary: colours.soft, disabled: colours.faint },
      divider: colours.line,
    },
    typography: { fontFamily, fontSize: 13.5, h6: { fontWeight: 600 } },
    shape: { borderRadius: 8 },
    sidebar: { width: 218, closedWidth: 52 },
    components: {
      MuiCssBaseline: { styleOverrides: globalStyles(colours) },
      ...tableStyles(colours),
      ...surfaceStyles(colours),
      ...controlStyles(),
    },
  };
}

export const lightTheme = themeOf('light', light);
export const darkTheme = themeOf('dark', dark);
