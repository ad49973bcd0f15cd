"""Parts of single pages that hold controls; shared ones are in `components`."""
