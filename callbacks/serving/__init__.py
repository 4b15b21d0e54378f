"""How answers leave: context, response cache, assets, rendering processes, headers."""
