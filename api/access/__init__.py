"""Who may call, and how much: keys, roles, tenants, rates, cursors."""
