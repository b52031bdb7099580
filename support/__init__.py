"""Support: what customers ask for, how it is answered, and when the product was down."""
